#!/bin/sh
# Fetches what the site serves from here instead of from a third party. Run it in this folder after raising a version,
# then delete the old folders and change the paths in mkdocs.yml and ../stylesheets/fonts.css. Needs npm, which checks the packages' hashes.
set -eu
cd "$(dirname "$0")"

KATEX=0.19.1          # MIT
SOURCE_SERIF=5.3.1    # SIL OFL 1.1, text
SOURCE_SANS=5.3.0     # SIL OFL 1.1, headings, tables, interface
SOURCE_CODE=5.3.0     # SIL OFL 1.1, code

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
