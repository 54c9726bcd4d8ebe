# Sourced by the scripts of this folder: the work folder, free ports, templates, processes known by pid.
# MAILKEY_REAL  the work folder; by default mailkey-real under $XDG_RUNTIME_DIR, or under /tmp where other
#               users cannot pass through that one (the mail servers drop root and must reach it)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

default_work_folder() {
  local base=/tmp runtime=${XDG_RUNTIME_DIR:-}
  if [ -n "$runtime" ] && [ -w "$runtime" ] && [[ $(stat -c %A "$runtime") == *[xt] ]]; then base=$runtime; fi
  echo "$base/mailkey-real"
}

work=${MAILKEY_REAL:-$(default_work_folder)}
# Sockets live below it, whose paths may have 107 bytes; templates are filled in without quoting.
[[ $work == /* && $work != *[!A-Za-z0-9._/-]* && ${#work} -le 60 ]] || die "not a usable work folder: $work"
mkdir -p -m 755 "$work"
[ -O "$work" ] && [ ! -L "$work" ] || die "$work belongs to someone else"
mkdir -p "$work"/{run,log,node,pki,tmp}

# free_ports N: N loopback ports that nobody listens on, from below the range that the kernel gives away
free_ports() {
  local taken wanted=$1 port
  taken=$(ss -Htln | awk '{ sub(/.*:/, "", $4); print $4 }')
  for ((port = 21000 + RANDOM % 8000; wanted > 0; port++)); do
    grep -qx "$port" <<< "$taken" || { echo "$port"; wanted=$((wanted - 1)); }
  done
}

# render IN OUT: @NAME@ becomes the value of $NAME
render() {
  perl -pe 's/\@([A-Z_0-9]+)\@/$ENV{$1} \/\/ die "$ARGV: no value for $1\n"/ge' "$1" > "$2"
}

# A process is its pid and its birth time: a pid that someone else got meanwhile is never touched.
birth() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | awk '$1 != "Z" { print $20 }'; }
adopt() { echo "$2 $(birth "$2")" > "$work/run/$1.pid"; }

# spawn NAME COMMAND...: in the background, in a group of its own, talking to log/NAME.log
spawn() {
  local name=$1
  shift
  setsid "$@" > "$work/log/$name.log" 2>&1 < /dev/null &
  adopt "$name" $!
}

alive() {
  local pid born
  read -r pid born 2> /dev/null < "$work/run/$1.pid" && [ -n "$born" ] && [ "$(birth "$pid")" = "$born" ]
}

# halt NAME: asks, waits 6 s, then insists
halt() {
  local pid born tries
  if alive "$1"; then
    read -r pid born < "$work/run/$1.pid"
    kill -TERM "$pid"
    for ((tries = 0; tries < 60; tries++)); do alive "$1" || break; sleep 0.1; done
    if alive "$1"; then kill -KILL -- "-$pid"; fi
  fi
  rm -f "$work/run/$1.pid"
}

# until_true SECONDS WHAT COMMAND...
until_true() {
  local tries=$(($1 * 20)) what=$2
  shift 2
  for (( ; tries > 0; tries--)); do if "$@"; then return 0; fi; sleep 0.05; done
  echo "${0##*/}: waited in vain for $what" >&2
  return 1
}
