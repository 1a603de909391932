export { GoogleAuth } from '@isobar/google-events/google-auth'
