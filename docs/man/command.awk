# SPDX-License-Identifier: Apache-2.0
# A section of latchkey(1) from what `latchkey COMMAND --help` prints: awk -f command.awk -v command=COMMAND.
function escaped(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

BEGIN { printf ".SH LATCHKEY %s\n", toupper(command) }
/^Usage:/ { sub(/^Usage: */, ""); printf ".B %s\n.PP\n", escaped($0); next }
/^ [^ -].*:$/ { sub(/^ /, ""); printf ".SS %s\n", escaped($0); next }
match($0, /[^ ]/) && RSTART <= 7 && substr($0, RSTART, 1) == "-" {
    sub(/^ +/, "")
    option = $0
    description = ""
    if (match($0, /  +/)) {
        option = substr($0, 1, RSTART - 1)
        description = substr($0, RSTART + RLENGTH)
    } else if (match($0, /^--[a-z0-9-]+=[A-Z:_]+ /)) {
        option = substr($0, 1, RLENGTH - 1)
        description = substr($0, RLENGTH + 1)
    }
    printf ".TP\n.B %s\n", escaped(option)
    if (description != "")
        print escaped(description)
    next
}
/^ *$/ { print ".PP"; next }
{ sub(/^ +/, ""); print escaped($0) }
