#!/bin/sh
# Rebuilds the music that starter.jsonl names from the Debian packages it was taken from, as
# FOLDER/LABEL/PACKAGE_TITLE.ogg, 16 kHz mono Vorbis. Nothing is installed and no root is needed.
#
#     sh rebuild-corpus.sh FOLDER [PACKAGE...]
#
# Without packages all 14 are fetched, 3.9 GB one after another; each is deleted once its tracks are
# made; 0ad-data wants 5 GB of room for that in TMPDIR. Tracks already there are kept, so a rebuild
# that was broken off goes on. Needs apt-get and dpkg of Debian 12 (another release may carry other
# tracks; those missing are named), unzip, jq and ffmpeg.
set -eu

if [ $# -lt 1 ]; then
  echo "usage: rebuild-corpus.sh FOLDER [PACKAGE...]" >&2
  exit 2
fi
for tool in apt-get dpkg-deb unzip jq ffmpeg; do
  command -v "$tool" > /dev/null || { echo "rebuild-corpus: $tool is not installed; install it" >&2; exit 1; }
done
manifest=$(cd "$(dirname "$0")" && pwd)/starter.jsonl
mkdir -p "$1"
corpus=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# One "package path" a line: the track's package and its place in the corpus.
jq -r '"\(.package | sub("^Debian "; "")) \(.audio)"' "$manifest" | sort -u > "$work/tracks"
[ $# -gt 0 ] || set -- $(cut -d ' ' -f 1 "$work/tracks" | sort -u)

missing=0
for package; do
  grep "^$package " "$work/tracks" | cut -d ' ' -f 2 > "$work/wanted" \
    || { echo "rebuild-corpus: no track of the corpus is from $package" >&2; exit 2; }
  while read -r track; do
    [ -f "$corpus/$track" ] || echo "$track"
  done < "$work/wanted" > "$work/todo"
  if [ ! -s "$work/todo" ]; then
    echo "$package: all tracks are there"
    continue
  fi
  echo "$package: fetching"
  (cd "$work" && apt-get download -qq "$package" && dpkg-deb -x "$package"_*.deb files) || {
    echo "rebuild-corpus: $package cannot be fetched; run apt-get update on Debian 12" >&2
    exit 1
  }
  # Two packages keep their music in archives; unzip gives 11 where one holds none.
  find "$work/files" -type f \( -name '*.pk3' -o -name '*.zip' \) | while read -r archive; do
    unzip -q -o "$archive" 'music/*' '*/music/*' -d "$archive.files" 2> /dev/null || [ $? -eq 11 ]
    rm "$archive"
  done
  # "name<TAB>file" for each sound; in the corpus's names all but letters, digits, . and - is _.
  find "$work/files" -type f \( -name '*.ogg' -o -name '*.oga' -o -name '*.mp3' -o -name '*.flac' \
    -o -name '*.opus' -o -name '*.wav' \) | while read -r file; do
    name=$(basename "$file")
    printf '%s\t%s\n' "$(printf %s "${name%.*}" | LC_ALL=C.UTF-8 sed 's/[^A-Za-z0-9.-]/_/g')" "$file"
  done > "$work/sounds"
  while read -r track; do
    name=$(basename "$track" .ogg)
    name=${name#*_}
    found=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' "$work/sounds")
    if [ -z "$found" ] || [ "$(printf '%s\n' "$found" | wc -l)" -ne 1 ]; then
      echo "rebuild-corpus: $package has not exactly one sound named $name for $track" >&2
      missing=$((missing + 1))
      continue
    fi
    mkdir -p "$corpus/$(dirname "$track")"
    ffmpeg -nostdin -v error -y -i "$found" -map 0:a:0 -map_metadata -1 -ac 1 -ar 16000 \
      -c:a libvorbis -q:a 2 -f ogg "$corpus/$track.part"
    mv "$corpus/$track.part" "$corpus/$track"
    echo "  $track"
  done < "$work/todo"
  rm -rf "$work/files" "$work"/*.deb
done
if [ "$missing" -gt 0 ]; then
  echo "rebuild-corpus: $missing tracks are missing; leave them out of the manifest or use Debian 12" >&2
  exit 1
fi
