#!/bin/sh
# Makes what is built now the baseline of all bundles that have one: their manifests and exported packages. For a release.
set -e
cd "$(dirname "$0")/../../.."
for pom in $(grep -l '<artifactId>bnd-baseline-maven-plugin</artifactId></plugin>' framework/*/pom.xml bundles/libraries/*/pom.xml); do
  built=$(ls "$(dirname "$pom")"/target/maestro.*-SNAPSHOT.jar)
  name=$(basename "$built" | sed 's/-[0-9].*//')
  folder=framework/api/baseline/maestro/$name/0.0.2
  base=$folder/$name-0.0.2
  work=$(mktemp -d)
  (cd "$work" && jar xf "$OLDPWD/$built")
  mkdir -p "$folder" "$work/out"
  for package in $(tr -d '\r' <"$work/META-INF/MANIFEST.MF" | awk '/^ /{printf "%s", substr($0, 2); next} {printf "\n%s", $0}' |
    grep '^Export-Package' | sed 's/;uses:="[^"]*"//g; s/^Export-Package: //' | tr ',' '\n' | sed 's/;.*//; s/\./\//g'); do
    mkdir -p "$work/out/$package"
    cp "$work/$package"/*.class "$work/out/$package"
  done
  jar cfm "$base.jar" "$work/META-INF/MANIFEST.MF" -C "$work/out" .
  rm -rf "$work" "$HOME/.m2/repository/maestro/$name/0.0.2"
  cat >"$base.pom" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>maestro</groupId>
  <artifactId>$name</artifactId>
  <version>0.0.2</version>
</project>
POM
  for file in "$base.jar" "$base.pom"; do
    sha1sum "$file" | cut -d ' ' -f 1 | tr -d '\n' >"$file.sha1"
  done
done
