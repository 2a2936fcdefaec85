// What went over a test provider's line, judged by the provider's own library (npm alipay-sdk 4, found by NODE_PATH): our signatures are the ones
// that it makes of the same parameters, and it takes the answers as we did. usage: alipay-oracle.cjs DIR, the directory of alipay.py
const fs = require('node:fs')
const { join, dirname } = require('node:path')
const main = require.resolve('alipay-sdk')
const { AlipaySdk } = require(main)
const { sign } = require(join(dirname(main), 'util.js'))
const read = name => fs.readFileSync(join(process.argv[2], name), 'utf8')
const bare = name => read(name).replace(/-----.*-----|\s/g, '')
const sdk = new AlipaySdk({ appId: '2021000000000001', keyType: 'PKCS8', privateKey: bare('merchant.key'), alipayPublicKey: bare('alipay.pub') })
const seen = new Set()
for (const line of read('said').trim().split('\n')) {
  const { fields, answer } = JSON.parse(line)
  const { method, sign: ours, biz_content, ...rest } = fields
  const theirs = sign(method, { ...rest, bizContent: JSON.parse(biz_content) }, sdk.config).sign
  if (theirs !== ours) throw new Error(method + ': another signature')
  const member = method.replaceAll('.', '_') + '_response'
  sdk.checkResponseSign(answer, member, JSON.parse(answer).sign)
  seen.add(method)
}
console.log(seen.size)
