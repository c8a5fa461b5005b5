<#-- One line for every artifact: name, version, licences, home. -->
# Third-party software in this distribution

Blockwise itself is under the Apache License 2.0 (`LICENSE`). Every jar below `lib/` that is not Blockwise's own is an artifact
of this table, with the licences that its publisher names; of several the first that Blockwise may use holds. Natives
(`-linux-x86_64`) are of the artifact whose name they begin with.

| artifact | version | licences | home |
| --- | --- | --- | --- |
<#list dependencyMap as e>
<#assign p = e.getKey()/>
<#if p.groupId != "io.blockwise">
| ${p.groupId}:${p.artifactId} | ${p.version} | ${e.getValue()?join("; ")} | ${p.url!""} |
</#if>
</#list>
