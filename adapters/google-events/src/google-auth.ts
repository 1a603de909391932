/** The one part of the vendor's library that is used; an entry of its own, so that it can be a file that is loaded when needed. */
export { GoogleAuth } from 'google-auth-library'
