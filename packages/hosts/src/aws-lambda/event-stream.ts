import { crc32 } from 'node:zlib'

/**
 * One message of the vendor's binary event stream: total length, length of the headers, checksum of both; headers;
 * payload; checksum of everything. https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function encodeEvent(type: string, contentType: string, payload: Uint8Array): Buffer {
  const headers = Buffer.concat([
    header(':message-type', 'event'),
    header(':event-type', type),
    header(':content-type', contentType),
  ])
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(preludeBytes + headers.length + payload.length + 4, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const message = Buffer.concat([prelude, checksum(prelude), headers, payload])
  return Buffer.concat([message, checksum(message)])
}

const preludeBytes = 12
const stringType = 7

function header(name: string, value: string): Buffer {
  const head = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([stringType])])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  return Buffer.concat([head, length, Buffer.from(value)])
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}
