#!/bin/sh
# Print the Binder link of the checkout's own remote.
remote=$(git remote get-url origin 2>/dev/null) || {
  echo "This checkout has no remote named origin." >&2
  exit 1
}
path=$(printf '%s\n' "$remote" | sed -nE 's#^(https://|ssh://git@|git@)github\.com[:/]([^/]+/[^/]+)$#\2#p')
path=${path%.git}
if [ -z "$path" ]; then
  echo "The remote is no repository that Binder's gh/ links name: $remote" >&2
  exit 1
fi
echo "https://mybinder.org/v2/gh/$path/HEAD?urlpath=voila%2Ftree%2Fdashboards"
