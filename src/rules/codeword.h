/* Codes of the store in the words of screens and commands, where they are nobody's table. Pure. */
#ifndef CERTDESK_RULES_CODEWORD_H
#define CERTDESK_RULES_CODEWORD_H

/* Each the code itself where it is unknown. */
const char *codeword_method(const char *code); /* of payment, of signature, of a check: 现金 */
const char *codeword_person(const char *code); /* who was checked, who took it: 经办人 */
const char *codeword_text(const char *code);   /* what was agreed to: 电子认证服务协议 */
const char *codeword_customer(const char *code); /* 单位 */
const char *codeword_check(const char *code);  /* how identity was checked, and by whose word: 人证一致, 当面核对 */
const char *codeword_result(const char *code); /* of a check: 通过 */
const char *codeword_failure(const char *code); /* why one failed: 人证不一致 */
const char *codeword_pin(const char *code);     /* where a first PIN is: 已发送 */
const char *codeword_channel(const char *code); /* … and by which way: 短信 */
const char *codeword_payment(const char *code); /* a payment's state: 已核实 */
const char *codeword_signature(const char *code); /* a signature's: 有效 */
const char *codeword_action(const char *code);    /* of the journal: 审核通过 */
const char *codeword_step(const char *code);      /* how far an item's issue is: 写入证书 */
const char *codeword_site(const char *code);      /* a site's kind, and its state at headquarters: 受理点, 已接入 */

#endif
