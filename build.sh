#!/bin/bash
# Builds everything (style is part of the build) and puts the programs into out/bin.
set -eu
cd "$(dirname "$0")"
configuration=Release
dotnet build HpcCr.sln -c $configuration --nologo -v quiet "$@"
dotnet publish src/HpcCr.Cli -c $configuration -o out/bin --nologo -v quiet
dotnet publish launcher/HpcCr.Guard -c $configuration -o out/guard --nologo -v quiet
install out/guard/hpccr-guard out/bin/hpccr-guard
# Under another name first: an engine that has it mapped keeps what it has.
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -Wl,-z,relro,-z,now -o out/guard/libhpccr-engine.so launcher/engine-user/engineuser.c
install out/guard/libhpccr-engine.so out/bin/libhpccr-engine.so.new && mv out/bin/libhpccr-engine.so.new out/bin/libhpccr-engine.so
for plugin in plugins/*/*.csproj; do
	[ ! -e "${plugin%/*}/plugin.json" ] || dotnet publish "$plugin" -c $configuration -o "out/bin/plugins/$(basename "${plugin%/*}")" --nologo -v quiet
done
ln -sf hpccr-guard out/bin/hpccr-agent
