namespace HpcCr.Launcher.Tests.Attach;

public sealed class SharedFilesTests
{
    [Fact]
    public void WhatIsMappedSharedOrInSharedMemoryOrANamedPipe_IsChosen() =>
        Assert.Equal(["/dev/shm/b", "/home/u/fifo", "/srv/a"], SharedFiles.Choose(["/srv/a"], ["/dev/shm/b", "/home/u/log"], ["/home/u/fifo"]));

    [Fact]
    public void WhatLiesAboveAMappedFile_GoesWithIt_ButNotAllOfTmp() =>
        Assert.Equal(["/tmp/session/1/data", "/tmp/session/topology"], SharedFiles.Choose(["/tmp/session/1/data"], ["/tmp/session/topology", "/tmp/other"], []));
}
