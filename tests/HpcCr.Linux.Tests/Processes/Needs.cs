namespace HpcCr.Linux.Tests.Processes;

/// <summary>What a test cannot do without; it skips with the reason.</summary>
internal static class Needs
{
    public static void Root() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it works on real kernel objects");

    public static string Program(string name)
    {
        try
        {
            return ProgramPath.Resolve(name, Environment.GetEnvironmentVariable("PATH"));
        }
        catch (LinuxException)
        {
            Assert.Skip($"needs {name}");
            throw;
        }
    }
}
