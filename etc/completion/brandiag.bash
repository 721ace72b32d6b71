# Completion of brandiag in bash. Commands and options come from --help: they cannot be out of date.
_brandiag() {
  local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="help $("$program" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')"
  elif [[ $word == -* ]]; then
    words=$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
  else
    case $before in
    --config | --output | --from | --token-file | --dir) compopt -o default ;;
    --format) words='terminal json html md csv' ;;
    --lang) words='zh en' ;;
    --compare) words=$("$program" list --format json 2>/dev/null | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p') ;;
    --probe) words='matrix neutral' ;;
    *)
      case ${COMP_WORDS[1]} in
      ctl) words='status providers reload rollback drain' ;;
      plugins) if [ "$COMP_CWORD" -eq 2 ]; then words=check; else compopt -o default; fi ;;
      help) words=$("$program" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p') ;;
      report | replay) words=$("$program" list --format json 2>/dev/null | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p') ;;
      resume) words=$("$program" list --unfinished --format json 2>/dev/null | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p') ;;
      read) compopt -o default ;;
      esac
      ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _brandiag brandiag
