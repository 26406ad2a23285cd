#!/bin/sh
# Fetches what the site serves from here instead of from a third party. Run it in this folder after raising a version,
# then delete the old folders and change the paths in mkdocs.yml, ../stylesheets/fonts.css, ../javascripts/explorador/worker.js
# and report/pages/explorador/files.py. Needs npm, which checks the packages' hashes.
set -eu
cd "$(dirname "$0")"

KATEX=0.19.1          # MIT
SOURCE_SERIF=5.3.1    # SIL OFL 1.1, text
SOURCE_SANS=5.3.0     # SIL OFL 1.1, headings, tables, interface
SOURCE_CODE=5.3.0     # SIL OFL 1.1, code
ONNXRUNTIME=1.30.0    # MIT

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unpack() {  # unpack PACKAGE VERSION -> $work/package
    rm -rf "$work/package"
    npm pack --silent --pack-destination "$work" "$1@$2" >"$work/name"
    tar -xzf "$work/$(cat "$work/name")" -C "$work"
}

unpack katex "$KATEX"
to="katex-$KATEX"
mkdir -p "$to/fonts"
cp "$work/package/LICENSE" "$work/package/dist/katex.min.js" "$work/package/dist/contrib/auto-render.min.js" "$to/"
cp "$work"/package/dist/fonts/*.woff2 "$to/fonts/"
# Every browser that runs the site reads woff2, so the style sheet must not name the formats that were left out.
sed -E 's/,url\([^)]*\.(woff|ttf)\) format\("[a-z]+"\)//g' "$work/package/dist/katex-swap.min.css" >"$to/katex.min.css"

font() {  # font NAME VERSION STYLE...: the latin subset, weights 200-900 in one file
    name=$1 version=$2
    shift 2
    unpack "@fontsource-variable/$name" "$version"
    mkdir -p "$name-$version"
    cp "$work/package/LICENSE" "$name-$version/"
    for style; do cp "$work/package/files/$name-latin-wght-$style.woff2" "$name-$version/"; done
}

font source-serif-4 "$SOURCE_SERIF" normal italic
font source-sans-3 "$SOURCE_SANS" normal italic
font source-code-pro "$SOURCE_CODE" normal

# Of its many builds the one for the processor alone. Its WebAssembly is kept compressed, a quarter of its size: no host is known
# to compress it on the way, and the explorer unpacks it in the browser. -n: no date, so the same bytes at every call.
unpack onnxruntime-web "$ONNXRUNTIME"
to="onnxruntime-web-$ONNXRUNTIME"
mkdir -p "$to"
grep -v '^//# sourceMappingURL=' "$work/package/dist/ort.wasm.bundle.min.mjs" >"$to/ort.wasm.bundle.min.mjs" # the map is not served
gzip -9 -n <"$work/package/dist/ort-wasm-simd-threaded.wasm" >"$to/ort-wasm-simd-threaded.wasm.gz"
# The package declares its licence but carries no copy of it; this is the one of its repository, microsoft/onnxruntime.
cat >"$to/LICENSE" <<'EOF'
MIT License

Copyright (c) 2018 - present Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
EOF
