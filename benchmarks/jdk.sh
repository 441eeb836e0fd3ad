# Sets JAVA_HOME to a JDK 25 or newer; to be sourced.
if [ -z "${JAVA_HOME:-}" ] || ! "$JAVA_HOME/bin/java" -version 2>&1 | grep -qE 'version "(2[5-9]|[3-9][0-9])'; then
    JAVA_HOME=
    for candidate in "$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /usr/bin/java)")")")" /usr/lib/jvm/*; do
        if "$candidate/bin/java" -version 2>&1 | grep -qE 'version "(2[5-9]|[3-9][0-9])'; then
            JAVA_HOME=$candidate
            break
        fi
    done
fi
[ -n "$JAVA_HOME" ] || { echo "There is no JDK 25; set JAVA_HOME to one" >&2; exit 1; }
export JAVA_HOME
