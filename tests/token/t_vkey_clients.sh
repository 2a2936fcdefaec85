#!/usr/bin/env bash
# The virtual key against independent clients: what they accept, our driver may rely on. Prints TAP.
set -u
: "${CERTDESK_BUILD:?}"
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$here/lib/pcscd.sh"
trap 'reader_stop; rm -rf "$work"' EXIT
number=0
check() { # NAME COMMAND …: must succeed
	local name=$1; shift; number=$((number + 1))
	if "$@" >"$work/out" 2>&1; then echo "ok $number - $name"; else echo "not ok $number - $name"; sed 's/^/# /' "$work/out"; fi
}
refuse() { local name=$1; shift; check "$name" eval "! $(printf '%q ' "$@")"; }
says() { local word=$1; shift; "$@" 2>&1 | grep -F -e "$word"; }
piv() { yubico-piv-tool -r '' "$@"; }
certificate() { # PUBLIC OUT: a certificate over a public key
	openssl x509 -req -in "$work/any.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -force_pubkey "$1" -out "$2" -days 10
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -subj /CN=ca -days 10 2>/dev/null
openssl req -new -key "$work/ca.key" -subj /CN=anybody -out "$work/any.csr"
echo hello >"$work/data"
if ! insert 10000001 0; then echo "not ok 1 - a key is seen"; echo 1..1; exit 1; fi

check "status names the serial" says 10000001 piv -a status
check "RSA-2048 generated" piv -a generate -s 9a -A RSA2048 -o "$work/rsa.pub"
check "P-256 generated" piv -a generate -s 9c -A ECCP256 -o "$work/ec.pub"
check "certificate over the RSA key" certificate "$work/rsa.pub" "$work/rsa.pem"
check "certificate over the P-256 key" certificate "$work/ec.pub" "$work/ec.pem"
check "certificate into 9a" piv -a import-certificate -s 9a -i "$work/rsa.pem"
check "certificate into 9c" piv -a import-certificate -s 9c -i "$work/ec.pem"
check "certificate read back" piv -a read-certificate -s 9a -o "$work/back.pem"
check "it is the same" cmp "$work/rsa.pem" "$work/back.pem"
check "test signature RSA" piv -a verify-pin -P 123456 -a test-signature -s 9a -i "$work/rsa.pem"
check "test signature P-256" piv -a verify-pin -P 123456 -a test-signature -s 9c -i "$work/ec.pem"
check "a pair imported into 9d" piv -a import-key -s 9d -i "$work/ca.key"
check "its certificate" piv -a import-certificate -s 9d -i "$work/ca.pem"
check "test decipher with it" piv -a verify-pin -P 123456 -a test-decipher -s 9d -i "$work/ca.pem"

check "wrong PIN counts" says "2 tries left" piv -a verify-pin -P 999999
check "PIN changed" piv -a change-pin -P 123456 -N 654321
check "PUK changed" piv -a change-puk -P 12345678 -N 87654321
check "management key changed" piv -a set-mgm-key -n a1b2c3d4e5f60718293a4b5c6d7e8f90a0b1c2d3e4f50617
refuse "the factory's is refused now" piv -a set-mgm-key -n a1b2c3d4e5f60718293a4b5c6d7e8f90a0b1c2d3e4f50617
for _ in 1 2 3; do piv -a verify-pin -P 000000 >/dev/null 2>&1; done
refuse "blocked PIN stays blocked" piv -a verify-pin -P 654321
check "unblocked with the PUK" piv -a unblock-pin -P 87654321 -N 222222

check "pkcs15-tool lists the certificate" says "PIV Authentication" pkcs15-tool --list-certificates
check "pkcs15-tool verifies the PIN" pkcs15-tool --verify-pin --pin 222222
check "pkcs11-tool signs with RSA" pkcs11-tool --sign --mechanism SHA256-RSA-PKCS --id 01 --pin 222222 -i "$work/data" -o "$work/sig1"
check "OpenSSL verifies it" openssl dgst -sha256 -verify "$work/rsa.pub" -signature "$work/sig1" "$work/data"
check "pkcs11-tool signs with P-256" pkcs11-tool --sign --mechanism ECDSA-SHA256 --signature-format openssl --id 02 --pin 222222 \
	-i "$work/data" -o "$work/sig2"
check "OpenSSL verifies it too" openssl dgst -sha256 -verify "$work/ec.pub" -signature "$work/sig2" "$work/data"

check "pulled out" pull 10000001
check "in again, in the other reader" insert 10000001 1 --rsa-key "$work/ca.key"
check "the state was kept" piv -a read-certificate -s 9a -o "$work/again.pem"
check "the certificate is the same" cmp "$work/rsa.pem" "$work/again.pem"
openssl pkey -in "$work/ca.key" -pubout -out "$work/given.pub"
check "a pair made from a given one" piv -a generate -s 9e -A RSA2048 -ka1b2c3d4e5f60718293a4b5c6d7e8f90a0b1c2d3e4f50617 -o "$work/made.pub"
check "is that one" cmp "$work/given.pub" "$work/made.pub"
echo "1..$number"
