# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Making an initramfs (tests/guest/image and tests/guest/run source it): programs with the libraries they need, in a cpio archive.

# lk_archive_program FILE FOLDER [UNPACKED]: copies a program to bin/ of FOLDER, and its libraries to where its loader looks for them;
# from UNPACKED, a folder of packages, where they are there.
lk_archive_program()
{
    local file=$1 folder=$2 unpacked=${3:-} path=${LD_LIBRARY_PATH:-} name library listed
    mkdir -p "$folder/bin" "$folder/lib64" "$folder/lib/x86_64-linux-gnu"
    cp "$file" "$folder/bin/" || return 1
    [[ -z $unpacked ]] || path=$unpacked/lib/x86_64-linux-gnu:$unpacked/usr/lib/x86_64-linux-gnu
    listed=$(LD_LIBRARY_PATH=$path ldd "$file") || return 1
    if grep -F 'not found' <<<"$listed" >&2; then
        return 1
    fi
    while read -r name library; do
        case $name in
        /*) cp -L "$name" "$folder$name" ;; # the loader itself
        *) cp -L "$library" "$folder/lib/x86_64-linux-gnu/$name" ;;
        esac || return 1
    done < <(sed -nE 's/^[[:space:]]*(\S+) => (\S+) \(0x.*$/\1 \2/p; s/^[[:space:]]*(\/\S+) \(0x.*$/\1 -/p' <<<"$listed")
}

# lk_archive FOLDER FILE: packs a folder as the kernel wants its initramfs; everything in it belongs to root.
lk_archive()
{
    (cd "$1" && find . -print0 | sort -z | cpio --quiet --null --create --format newc --owner +0:+0) >"$2"
}
