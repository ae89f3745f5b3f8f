#!/bin/sh
# Makes the certificates that host.ts (test/unit/webhook-*.test.ts) signs and checks with. Run it in this folder only to
# replace all of them: `sh make.sh`. The keys kept here sign nothing but test data; those of the authorities are thrown
# away. Every certificate lasts a century but `expired.pem` and `old-intermediate.pem` (30 days).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
long=36500
name=messageverificationcerts.paypal.com

authority='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign'
server() {
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\nsubjectAltName=%s' "$1"
}
rsa() { openssl genrsa -out "$1" "${2:-2048}" 2>/dev/null; }

# issue <out> <common name> <key> <extensions> <days> <issuer certificate> <issuer key>
issue() {
  printf '%s\n' "$4" >"$work/extensions"
  openssl req -new -key "$3" -subj "/O=Test only/CN=$2" -out "$work/request"
  openssl x509 -req -sha256 -in "$work/request" -days "$5" -extfile "$work/extensions" -CA "$6" -CAkey "$7" \
    -set_serial "0x$(openssl rand -hex 16)" -out "$1" 2>/dev/null
}
# self <out> <common name> <key> <extensions>
self() {
  printf '%s\n' "$4" >"$work/extensions"
  openssl req -new -key "$3" -subj "/O=Test only/CN=$2" -out "$work/request"
  openssl x509 -req -sha256 -in "$work/request" -days "$long" -extfile "$work/extensions" -signkey "$3" -out "$1" 2>/dev/null
}

for key in root intermediate foreign; do rsa "$work/$key.key"; done
rsa leaf.key
rsa weak.key 1024
openssl ecparam -name prime256v1 -genkey -noout -out ec.key

self root.pem 'Root' "$work/root.key" "$authority"
self foreign-root.pem 'Foreign root' "$work/foreign.key" "$authority"
issue intermediate.pem 'Intermediate' "$work/intermediate.key" "$authority" $long root.pem "$work/root.key"
issue old-intermediate.pem 'Old intermediate' "$work/intermediate.key" "$authority" 30 root.pem "$work/root.key"

# leaf <out> <alternative names> <key> <days>
leaf() { issue "$1" "$name" "$3" "$(server "$2")" "$4" intermediate.pem "$work/intermediate.key"; }
leaf leaf.pem "DNS:$name" leaf.key $long
leaf sandbox.pem "DNS:messageverificationcerts.sandbox.paypal.com" leaf.key $long
leaf expired.pem "DNS:$name" leaf.key 30
leaf wrong-name.pem "DNS:$name.evil.example,DNS:www.paypal.com" leaf.key $long
leaf wildcard.pem "DNS:*.paypal.com" leaf.key $long
leaf ec.pem "DNS:$name" ec.key $long
leaf weak.pem "DNS:$name" weak.key $long
issue of-old-intermediate.pem "$name" leaf.key "$(server "DNS:$name")" $long old-intermediate.pem "$work/intermediate.key"
issue foreign.pem "$name" leaf.key "$(server "DNS:$name")" $long foreign-root.pem "$work/foreign.key"
# The right names of root and issuer over a key that the root never signed.
self impostor-intermediate.pem 'Intermediate' "$work/foreign.key" "$authority"
issue of-impostor.pem "$name" leaf.key "$(server "DNS:$name")" $long impostor-intermediate.pem "$work/foreign.key"
# A certificate that a site's certificate (not an authority's) signed.
issue not-authority.pem 'www.example.org' "$work/foreign.key" 'basicConstraints=critical,CA:FALSE' $long intermediate.pem "$work/intermediate.key"
issue of-not-authority.pem "$name" leaf.key "$(server "DNS:$name")" $long not-authority.pem "$work/foreign.key"
self self-signed.pem "$name" leaf.key "$(server "DNS:$name")"
# An authority's certificate that bears the right name itself.
issue leaf-authority.pem "$name" leaf.key "$authority
subjectAltName=DNS:$name" $long intermediate.pem "$work/intermediate.key"

# A long line of authorities: eight issuers from the leaf up to the root, seven up to « Deep 1 », six up to « Deep 2 ».
# `deep.pem` is the bundle, leaf first.
above=root.pem
aboveKey="$work/root.key"
: >"$work/deep"
for n in 1 2 3 4 5 6 7; do
  issue "$work/deep$n.pem" "Deep $n" "$work/intermediate.key" "$authority" $long "$above" "$aboveKey"
  above="$work/deep$n.pem"
  aboveKey="$work/intermediate.key"
  cat "$above" >>"$work/deep"
done
issue "$work/deepest.pem" "$name" leaf.key "$(server "DNS:$name")" $long "$above" "$aboveKey"
cat "$work/deepest.pem" "$work/deep" >deep.pem
cp "$work/deep1.pem" deep-1.pem
cp "$work/deep2.pem" deep-2.pem
