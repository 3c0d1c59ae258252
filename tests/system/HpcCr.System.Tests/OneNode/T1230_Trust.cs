using System.Buffers.Binary;
using System.Text.Json.Nodes;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>What a job's user, or whoever can write the epochs, tries in order to become somebody else by a restart.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1230_Trust(OneNodeLab lab) : SystemTest(lab), IAsyncLifetime
{
    private const int Owner = 4242;
    private static Task<(TestJob Job, TestEpoch Epoch)>? _whole;
    private string _folder = "";
    private string _epoch = "";

    public async ValueTask InitializeAsync()
    {
        var whole = (await (_whole ??= MakeAsync())).Epoch;
        _folder = Lab.NewFolder("trust");
        _epoch = Path.Combine(_folder, Path.GetFileName(whole.Path));
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["cp", "-a", whole.Path, _epoch])).EndsWith(0);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task ASignedEpoch_IsShownAndVerifiedAsSuch_AndItsUserIsToldThatOnlyHashesWereLookedAt()
    {
        var (job, epoch) = await _whole!;
        var verified = await Hpccr.JsonAsync("verify", epoch.Path);
        Assert.Equal("good", verified.GetProperty("signature").GetString());
        var keyId = verified.GetProperty("keyId").GetString()!;
        Assert.Contains($"good, key {keyId}", (await Hpccr.RunAsync("show", epoch.Path)).EndsWith(0).Stdout, StringComparison.Ordinal);
        var users = (await job.RunAsync("verify", epoch.Path)).EndsWith(0).Stdout;
        Assert.Contains("not checked: only root has the key", users, StringComparison.Ordinal);
        Assert.Equal("unchecked", (await job.RunAsync("verify", epoch.Path, "--json")).EndsWith(0).Json.GetProperty("signature").GetString());
        var signatures = JsonNode.Parse(File.ReadAllText(epoch.Manifest))!["signatures"]!.AsArray();
        Assert.Equal(["node1", "*"], signatures.Select(s => (string)s!["part"]!));
    }

    [Theory]
    [InlineData("uid", "0")]
    [InlineData("gid", "0")]
    [InlineData("environment", "{\"LD_PRELOAD\":\"/tmp/evil.so\"}")]
    [InlineData("checkpointDirectory", "\"/etc\"")]
    public async Task AFieldOfTheJobThatWasChanged_IsFound(string field, string value)
    {
        var forger = new Forger(_epoch);
        forger.Manifest["spec"]![field] = JsonNode.Parse(value);
        forger.Save();
        await AssertRefusedAsync("its signature does not fit what is in it");
    }

    [Fact]
    public async Task EditedCredentialsBehindARightHash_AreFoundByTheSignature()
    {
        var forger = new Forger(_epoch);
        EditCredentials(forger, Root);
        forger.Save();
        await AssertRefusedAsync("its signature does not fit what is in it");
        // Nobody but root can say so.
        (await (await _whole!).Job.RunAsync("verify", _epoch)).EndsWith(0);
    }

    [Theory]
    [InlineData("root", "has user 0")]
    [InlineData("capabilities", "has capabilities")]
    [InlineData("group", "has group 0")]
    public async Task EditedCredentialsBehindARightSignature_AreFoundInTheImage(string what, string expected)
    {
        var forger = new Forger(_epoch);
        EditCredentials(forger, what switch { "root" => Root, "group" => GroupOfRoot, _ => AllCapabilities });
        forger.Sign(Lab.KeyFile);
        await AssertRefusedAsync(expected, verifies: true);
    }

    [Fact]
    public async Task AGhostFileOfRoot_IsFoundInTheImage()
    {
        var forger = new Forger(_epoch);
        // uid 0, gid 0, mode 04755: a file that the engine would make as root.
        byte[] entry = [0x08, 0, 0x10, 0, 0x18, 0xed, 0x93, 0x02];
        forger.Write("images/ghost-file-1.img", [.. Head(0x52583605, entry.Length), .. entry, .. "#!/bin/sh"u8]);
        forger.Sign(Lab.KeyFile);
        await AssertRefusedAsync("belongs to user 0", verifies: true);
    }

    [Fact]
    public async Task APathOfRootInTheImages_IsFound()
    {
        var (job, _) = await _whole!;
        var secret = RootsFile(job, "secret.log");
        var forger = new Forger(_epoch);
        // As long as stdout.log, which the job has open to append.
        var files = File.ReadAllBytes(forger.PathOf("images/files.img"));
        var at = files.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Path.Combine(job.Folder, "stdout.log")));
        Assert.True(at > 0, "the path is not where it was expected");
        "secret.log"u8.CopyTo(files.AsSpan(at + job.Folder.Length + 1));
        forger.Write("images/files.img", files);
        forger.Sign(Lab.KeyFile);
        await AssertRefusedAsync($"{secret} is not for user {Owner} to open so", verifies: true);
        Assert.Equal("root's own", File.ReadAllText(secret));
    }

    [Fact]
    public async Task AFileOfRootThatWouldBeCut_IsFound_AndStaysAsItIs()
    {
        var (job, _) = await _whole!;
        var secret = RootsFile(job, "cut.log");
        var forger = new Forger(_epoch);
        forger.Node["jobFiles"]!.AsArray().Add(new JsonObject { ["path"] = secret, ["size"] = 1 });
        forger.Sign(Lab.KeyFile);
        await AssertRefusedAsync($"{secret}, which a restart would cut", verifies: true);
        Assert.Equal("root's own", File.ReadAllText(secret));
    }

    [Fact]
    public async Task AFileThatBecomesALinkBetweenCheckAndUse_IsFoundBeforeTheJobRuns()
    {
        var (job, _) = await _whole!;
        var (output, aside, secret) = (Path.Combine(job.Folder, "stdout.log"), Path.Combine(job.Folder, "aside.log"), RootsFile(job, "linked.log"));
        File.SetUnixFileMode(secret, File.GetUnixFileMode(output) & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        Lab.SetFaults(1, "restore hang");
        await using var restart = Hpccr.Start("restart", _epoch, "--detach");
        await Await.UntilAsync("files to be put back", () => restart.Stderr.Contains("processes are rebuilt", StringComparison.Ordinal), null, () => restart.Stderr);
        File.Move(output, aside);
        File.CreateSymbolicLink(output, secret);
        try
        {
            Lab.SetFaults(1);
            (await restart.EndAsync()).FailsWith(5, [$"the engine was led to open {secret}"]);
            await AssertNothingRunsAsync();
            Assert.Equal("root's own", File.ReadAllText(secret));
        }
        finally
        {
            File.Delete(output);
            File.Move(aside, output);
        }
    }

    [Fact]
    public async Task AManifestSignedWithAnotherKey_IsRefusedAndBothKeysAreNamed()
    {
        var other = Path.Combine(_folder, "other.pem");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", other])).EndsWith(0);
        new Forger(_epoch).Sign(other);
        await AssertRefusedAsync("it is signed with another key");
    }

    [Fact]
    public async Task AManifestWithoutItsSignatures_IsRefused()
    {
        var forger = new Forger(_epoch);
        forger.Manifest["signatures"] = new JsonArray();
        forger.Save();
        await AssertRefusedAsync("it is not signed");
    }

    [Fact]
    public async Task TheSameEpochUnderAnotherNumber_IsRefused()
    {
        var elsewhere = Path.Combine(_folder, "epoch-000009");
        Directory.Move(_epoch, elsewhere);
        (await Hpccr.RunAsync("restart", elsewhere)).FailsWith(5, ["is the manifest of epoch"]);
    }

    [Fact]
    public async Task AFolderThatBecameALink_IsRefusedAlthoughAllBytesAreRight()
    {
        Directory.Move(Path.Combine(_epoch, "node1"), Path.Combine(_folder, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(_epoch, "node1"), Path.Combine(_folder, "elsewhere"));
        await AssertRefusedAsync("behind a link");
    }

    [Fact]
    public async Task AFolderThatBecomesALinkBetweenPlanAndCopy_IsRefused()
    {
        Lab.SetFaults(1, "preparerestore hang");
        await using var restart = Hpccr.Start("restart", _epoch, "--detach");
        await Await.UntilAsync("the restart to prepare", async () => await StateAsync() == "Starting", null, () => Lab.LauncherLog(1));
        var real = Path.Combine(_folder, "elsewhere");
        Directory.Move(Path.Combine(_epoch, "node1"), real);
        Directory.CreateSymbolicLink(Path.Combine(_epoch, "node1"), real);
        Lab.SetFaults(1);
        (await restart.EndAsync()).FailsWith(5, ["is a link, or behind one"]);
        await AssertNothingRunsAsync();
    }

    [Theory]
    [InlineData("extra")]
    [InlineData("missing")]
    [InlineData("truncated")]
    public async Task AFileTooManyTooFewOrTooShort_IsRefused(string how)
    {
        var image = Directory.GetFiles(Path.Combine(_epoch, "node1", "images")).Order().First();
        if (how == "extra") File.WriteAllText(Path.Combine(_epoch, "node1", "images", "creds-1.img"), "x");
        else if (how == "missing") File.Delete(image);
        else File.WriteAllBytes(image, File.ReadAllBytes(image)[..^1]);
        await AssertRefusedAsync(how == "extra" ? "creds-1.img" : Path.GetFileName(image));
    }

    [Fact]
    public async Task ARefusal_NamesTheNewestGoodEpoch()
    {
        var (_, good) = await _whole!;
        var job = Path.GetFileName(Path.GetDirectoryName(good.Path))!;
        // An older one that is good, and a newer one that is not.
        var newer = Path.Combine(Path.GetDirectoryName(good.Path)!, "epoch-000099");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["cp", "-a", good.Path, newer])).EndsWith(0);
        try
        {
            var forger = new Forger(newer);
            forger.Manifest["epoch"] = 99;
            forger.Save();
            (await Hpccr.RunAsync("restart", job)).FailsWith(5, ["cannot be trusted", $"The newest good epoch of {job} is {good.Path}"]);
        }
        finally
        {
            Directory.Delete(newer, recursive: true);
        }
    }

    [Fact]
    public async Task TheEpochAsItWasMade_StillRestarts()
    {
        var (job, epoch) = await _whole!;
        await job.RestartAsync(epoch);
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    private static string RootsFile(TestJob job, string name)
    {
        var path = Path.Combine(job.Folder, name);
        File.WriteAllText(path, "root's own");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static void Root(byte[] credentials) => Array.Fill(credentials, (byte)0, 0, credentials.Length);

    private static void GroupOfRoot(byte[] credentials) => credentials[1] = 0;

    private static void AllCapabilities(byte[] credentials)
    {
    }

    // The eight ids of a thread lie one after the other, each a tag and the two bytes of 4242; what is edited here is their values.
    private static void EditCredentials(Forger forger, Action<byte[]> edit)
    {
        const string Name = "images/core-1.img";
        var image = File.ReadAllBytes(forger.PathOf(Name));
        byte[] id = [0x92, 0x21];
        byte[] ids = [.. Enumerable.Range(1, 8).SelectMany(field => new[] { (byte)(field << 3), id[0], id[1] })];
        var at = image.AsSpan().IndexOf(ids);
        Assert.True(at > 0, "the credentials are not where they were expected");
        var values = Enumerable.Repeat((byte)1, 8).ToArray();
        edit(values);
        if (values.All(v => v == 1))
        {
            // cap_prm, two zero words one by one behind cap_inh's: made all ones, in as many bytes as zeros take.
            var capabilities = at + ids.Length;
            while (image[capabilities] != 10 << 3) capabilities += 2;
            image[capabilities + 1] = 0x7f;
        }

        foreach (var (index, value) in values.Index().Where(v => v.Item == 0))
        {
            // 0 in two bytes, so that no length changes.
            image[at + (index * 3) + 1] = 0x80;
            image[at + (index * 3) + 2] = value;
        }

        forger.Write(Name, image);
    }

    private static byte[] Head(uint magic, int length)
    {
        var head = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x54564319);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), magic);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), (uint)length);
        return head;
    }

    private async Task AssertRefusedAsync(string words, bool verifies = false)
    {
        (await Hpccr.RunAsync("verify", _epoch)).EndsWith(verifies ? 0 : 5);
        (await Hpccr.RunAsync("restart", _epoch, "--detach")).FailsWith(5, [words]);
        await AssertNothingRunsAsync();
    }

    private async Task AssertNothingRunsAsync()
    {
        Assert.Contains(await StateAsync(), new[] { "Stopped", "Exited" });
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.Combine(Lab.NodeRun(1), "jobs")), path => path.Contains("trust", StringComparison.Ordinal));
    }

    private static async Task<string?> StateAsync() => (await (await _whole!).Job.StatusAsync()).GetProperty("state").GetString();

    private async Task<(TestJob Job, TestEpoch Epoch)> MakeAsync()
    {
        var folder = Lab.NewFolder("user");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        var options = CommandOptions.AsUser(Owner) with { WorkingDirectory = folder };
        var job = await TestJob.StartAsync(Lab, "trust", ["--ckpt-dir", folder], options, [TestPrograms.Fill, "--mib", "2"]);
        await job.WaitForLineAsync("ready ");
        return (job, await job.CheckpointAsync(stop: true));
    }
}
