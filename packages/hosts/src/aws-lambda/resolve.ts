import { registerHooks } from 'node:module'

/**
 * Preloaded into the runtime's process. Lambda's runtime ships the AWS SDK, so that a bundle may leave it out
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included); locally it is taken from where the
 * bundle stands, else from beside this host.
 */
const shipped = /^@(?:aws-sdk|smithy)\/[^/]+/

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      const name = shipped.exec(specifier)?.[0]
      if (name === undefined) throw error
      try {
        return next(specifier, { ...context, parentURL: import.meta.url })
      } catch {
        const text = `The function imports ${name}, which Lambda's runtime ships and which is not installed here.`
        throw new Error(`${text}\nAdd it: npm install --save-dev ${name}`, { cause: error })
      }
    }
  },
})
