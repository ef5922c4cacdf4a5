#!/bin/sh
# Starts Counterweight's command line, building it first where that has not been done since the sources changed.
#
#   CW_CUDA=1      build with LibTorch for NVIDIA devices; their driver, CUDA 13 and cuDNN 9 must be installed
#   CW_JAVA_OPTS   more options for the Java machine (-Xmx8g)
#   JAVA_HOME      the JDK to use, 17 or newer; otherwise the java on the PATH
set -eu
# shellcheck disable=SC2086 # options are words to be split

self=$0
while [ -L "$self" ]; do # followed by hand: readlink -f is not everywhere
    link=$(readlink "$self")
    case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
home=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd)
target=$home/cli/target

refuse() {
    echo "cw: $1" >&2
    exit 2
}

# --- Java -----------------------------------------------------------------------------------------------------------

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null 2>&1 || refuse "there is no $java; install a JDK 17 or newer, or set JAVA_HOME"

# The number in the JDK's release file: asking java itself would cost a tenth of a second at each start.
version=
release=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)" 2>/dev/null || echo /)")")}/release
if [ -f "$release" ]; then
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            version=${value#\"}
            version=${version%\"*}
        fi
    done <"$release"
fi
[ -n "$version" ] || version=$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')
major=${version%%[!0-9]*}
[ "${major:-0}" -ge 17 ] || refuse "$java is Java ${version:-of unknown version}; 17 or newer is needed: install one, or set JAVA_HOME"

# --- Build, where the sources are newer than the last build ----------------------------------------------------------

current() {
    [ -f "$target/class-path" ] && [ -f "$target/cw.jar" ] || return 1
    libraries=$(cat "$target/class-path")
    case $libraries in # built elsewhere, and copied?
    *"$home/core/target/"* | *"$(cd -P -- "$home" && pwd -P)/core/target/"*) ;;
    *) return 1 ;;
    esac
    case ${CW_CUDA:+cuda}$libraries in # built for the other kind of device?
    cuda*x86_64-gpu.jar*) ;;
    cuda* | *x86_64-gpu.jar*) return 1 ;;
    esac
    newer=$(find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main -newer "$target/class-path" -type f 2>/dev/null | head -n 1)
    [ -z "$newer" ] || return 1
    IFS=:
    for jar in $libraries; do # a cleaned local repository means building again
        [ -f "$jar" ] || return 1
    done
    unset IFS
}

if ! current; then
    unset IFS
    command -v mvn >/dev/null 2>&1 || refuse "there is no mvn; install Maven 3.8.7 or newer to build"
    [ -f "$target/class-path" ] ||
        echo "cw: first start: fetching libraries with Maven (some 400 MB, once) and compiling; one to five minutes" >&2
    [ ! -f "$target/class-path" ] || echo "cw: the sources${CW_CUDA:+ or CW_CUDA} have changed, or were copied: compiling, some minutes" >&2
    rm -f "$target/class-path" "$target"/*.jsa*
    said=$(mktemp)
    (cd "$home" && mvn -q -B -ntp -Dstyle.color=never -Dquick -DskipTests ${CW_CUDA:+-Pcuda} -pl cli -am package) >"$said" 2>&1 || {
        if grep -Eqi 'unknown ?host|could not resolve host|connection (refused|reset|timed out)|connect timed out|network is unreachable|no route to host|temporary failure in name' "$said"; then
            echo "cw: the build failed: the network, or the registry that Maven asks, cannot be reached; look at the connection and at the proxy in ~/.m2/settings.xml, and try again" >&2
        elif grep -qi 'no space left' "$said"; then
            echo "cw: the build failed: the disk is full; make room below $home and ~/.m2" >&2
        else
            echo "cw: the build failed:" >&2
            sed -n 's/^\[ERROR\] */  /p' "$said" | sed '/^ *$/d' | head -n 5 >&2
        fi
        echo "cw: all that Maven said is in $said" >&2
        exit 1
    }
    rm -f "$said"
    libraries=$(cat "$target/class-path")
fi

# --- Start ------------------------------------------------------------------------------------------------------------

# Tensors live outside the Java heap, so its young generation can be small. What a step frees, the next one takes: glibc
# must keep blocks of up to 32 MiB instead of handing them back to the kernel, which would zero every page anew. One arena:
# with more of them the same step faulted up to twice as many pages, and took from one process to the next 310 ms or 600.
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-33554432}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-536870912}"
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"

# JavaCPP: memory is freed by scopes, not by the collector. OPT_OUT_TRACKING and offline: the tokenizer calls nobody.
options="-Dorg.bytedeco.javacpp.nopointergc=true -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
    -Dorg.bytedeco.javacpp.maxBytes=0 -DOPT_OUT_TRACKING=true -Dai.djl.offline=true -Djava.awt.headless=true \
    -XX:+UseSerialGC -Xms64m -Xmn24m"
options="$options -Xss16m" # OpenBLAS solves 300 equations or more with more on the stack than Java's megabyte: the process died
export CUBLAS_WORKSPACE_CONFIG="${CUBLAS_WORKSPACE_CONFIG:-:4096:8}" # CUDA's products in the same order in every run
[ "$major" -lt 21 ] || options="$options --enable-native-access=ALL-UNNAMED"
[ "$major" -lt 23 ] || options="$options --sun-misc-unsafe-memory-access=allow"

case $libraries in # JavaCPP looks through every jar for each of CUDA's libraries: half of the time that LibTorch takes to load
*x86_64-gpu.jar*) ;;
*) options="$options -Dorg.bytedeco.javacpp.platform.extension=" ;;
esac

[ ! -t 2 ] || options="$options -Dcw.terminal=true" # a progress line may be written over
classes=$target/cw.jar:$libraries
archive=$target/cw-$version.jsa

# With an archive of the loaded classes a start takes half the time; it is made once for each Java, each build and each place,
# mvn verify's builds too, since Java passes over an archive of other jars in silence. Only an aid. Made from lists, not at an
# exit: such an archive holds picocli's classes too, which are of an old format.
made=
[ ! -f "$archive.path" ] || IFS= read -r made <"$archive.path" || :
[ "$made" = "$classes" ] || rm -f "$archive"
IFS=:
for jar in $classes; do
    case $jar in
    "$home"/*) [ ! -f "$archive" ] || [ ! "$jar" -nt "$archive" ] || rm -f "$archive" ;;
    esac
done
unset IFS
if [ ! -f "$archive" ] && [ -w "$target" ]; then
    echo "cw: first start of this build: preparing for quick ones, some ten seconds" >&2
    work=$(mktemp -d "$target/rehearsal.XXXXXX") # several may start at once, and an archive must be whole when others see it
    (
        cd "$home"
        CW_CACHE=$work/cache "$java" $options "-Dcw.home=$home" -XX:DumpLoadedClassList="$work/list" \
            -cp "$classes" org.counterweight.cli.Rehearsal "$work/files"
        sed '/ source: /d' "$work/list" >"$work/classes" # without what other loaders than Java's own made
        "$java" $options -Xshare:dump -XX:SharedClassListFile="$work/classes" -XX:SharedArchiveFile="$work/archive" -cp "$classes"
    ) >/dev/null 2>&1 || :
    [ -f "$work/archive" ] || touch "$work/archive" # an empty one says that this Java makes none: it is not asked again
    printf '%s\n' "$classes" >"$archive.path"
    mv -f "$work/archive" "$archive"
    rm -rf "$work"
fi
share=-Xshare:auto
[ ! -s "$archive" ] || share=-XX:SharedArchiveFile=$archive
# Mapped where it was made for, since moving all of it to a random address costs each start a fifth.
[ "$major" -gt 25 ] || options="$options -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"

case ${1:-} in
'' | -* | methods | explain | schema | doctor | inspect | predict | verify) options="$options -XX:TieredStopAtLevel=1" ;; # over before C2 pays
merge) # its loops are compiled as soon as ever, but what only calls them not again and again with all of them in it, nor in the
    # middle of a loop: that version is used once, and made anew at the next call
    options="$options -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 \
        -XX:Tier4BackEdgeThreshold=2000000"
    ;;
esac
exec "$java" $options "-Dcw.home=$home" "$share" -Xlog:cds=off -Xlog:cds+dynamic=off ${CW_JAVA_OPTS:-} \
    -cp "$classes" org.counterweight.cli.Cw "$@"
