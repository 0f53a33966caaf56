# Prepares this folder to run the portal; sourced by script/server and script/test.
# Safe to run again: every step first looks whether there is anything to do.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
export PYTHONUTF8=1
VENV="$ROOT/.venv"

die() {
  echo "$*" >&2
  exit 1
}

has_library() { # a shared library by its name, as the dynamic linker would find it
  # Read whole before it is searched: a pipe closed early would look like a failure.
  local known
  known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 1
  case $known in *"$1 "*) ;; *) return 1 ;; esac
}

find_python() { # the first Python that is new enough
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

has_capability() {
  case $1 in
    python) find_python >/dev/null ;;
    venv) [ -x "$VENV/bin/python" ] || "$(find_python || echo false)" -c 'import ensurepip, venv' 2>/dev/null ;;
    pango) [ "$(uname)" != Linux ] || has_library libpango-1.0.so.0 ;;
    pangoft2) [ "$(uname)" != Linux ] || has_library libpangoft2-1.0.so.0 ;;
    subset) [ "$(uname)" != Linux ] || has_library libharfbuzz-subset.so.0 ;;
    gettext) command -v msgfmt >/dev/null ;;
    zones) [ -e /usr/share/zoneinfo/Asia/Shanghai ] ;;
    postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null ;;
    redis-server) command -v redis-server >/dev/null ;;
    chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ;;
    chinese-font) [ "$(uname)" != Linux ] || { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh)" ]; } ;;
    *) die "script/packages.txt names an unknown capability: $1" ;;
  esac
}

missing_packages() { # Debian packages of the capabilities in the given files that this machine lacks
  local capability package
  while read -r capability package; do
    case $capability in '' | '#'*) continue ;; esac
    has_capability "$capability" || printf '%s ' "$package"
  done < <(cat "$@")
}

ensure_packages() { # installs what is missing where it may; otherwise one line that says what to type
  local missing log
  missing=$(missing_packages "$@")
  missing=${missing% }
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    die "This system is not Debian and lacks what these Debian packages hold: $missing. Install their equivalents and start again."
  [ "$(id -u)" = 0 ] || die "Missing on this system. Type: sudo apt-get install -y $missing"
  echo "Installing from Debian: $missing"
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    die "apt-get could not install: $missing (the whole answer is in $log)"
  fi
  rm -f "$log"
  missing=$(missing_packages "$@")
  [ -z "$missing" ] || die "Installed, and still not found: $missing"
}

ensure_venv() { # .venv with the pinned requirements; pip runs only when the pins have changed
  local requirements=$1 stamp python log pins
  if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python) || die "Python 3.11 or newer is needed."
    echo "Making .venv with $("$python" --version)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || die "Making .venv failed. On Debian type: sudo apt-get install -y python3-venv"
  fi
  stamp="$VENV/$requirements.installed"
  pins=$(cat requirements*.txt) # one may name another
  [ "$(cat "$stamp" 2>/dev/null)" = "$pins" ] && return 0
  echo "Installing the pinned requirements ($requirements; the first time takes about a minute)"
  log=$(mktemp)
  if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input -q -r "$requirements" >"$log" 2>&1; then
    tail -n 8 "$log" >&2
    die "pip could not install $requirements (the whole answer is in $log)"
  fi
  rm -f "$log"
  echo "$pins" >"$stamp"
}

ensure_messages() { # locale/*/LC_MESSAGES/*.po compiled where they are newer than the compiled file
  local source
  for source in locale/*/LC_MESSAGES/*.po; do
    [ -e "$source" ] || continue
    if [ ! -e "${source%.po}.mo" ] || [ "$source" -nt "${source%.po}.mo" ]; then
      msgfmt --check-format -o "${source%.po}.mo" "$source" || die "$source cannot be compiled."
    fi
  done
}

one_at_a_time() { # two commands started together must not install into .venv at once
  command -v flock >/dev/null || return 0
  exec 9>"$ROOT/.setup.lock"
  flock 9
}

set_up() { # set_up REQUIREMENTS PACKAGE_FILE...
  local requirements=$1
  shift
  one_at_a_time
  ensure_packages "$@"
  ensure_venv "$requirements"
  ensure_messages
  exec 9>&-
}
