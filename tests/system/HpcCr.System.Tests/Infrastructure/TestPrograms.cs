namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Paths of the compiled test programs (tests/programs).</summary>
internal static class TestPrograms
{
    public static string AcceptQueue => Path("acceptq");
    public static string Crowd => Path("crowd.py");
    public static string BlockedCalls => Path("blockedcalls");
    public static string ExitCode => Path("exitcode");
    public static string FileWork => Path("filework");
    public static string Fill => Path("fill");
    public static string Forked => Path("forked");
    public static string Hello => Path("hello.sh");
    public static string Holds => Path("holds");
    public static string KeepAlive => Path("keepalive");
    public static string Lives => Path("lives.py");
    public static string KernelState => Path("kernelstate.py");
    public static string LocalTalk => Path("localtalk.py");
    public static string MpiTerminal => Path("mpiterminal.sh");
    public static string Output => Path("output");
    public static string Pair => Path("pair");
    public static string PidReuse => Path("pidreuse.py");
    public static string Paths => Path("paths.py");
    public static string Pipeline => Path("pipeline.sh");
    public static string Plugin => Path("plugin.py");
    public static string RawCall => Path("rawcall.py");
    public static string Python => "/usr/bin/python3";
    public static string Reader => Path("reader.py");
    public static string RedisClient => Path("redisclient");
    public static string RedisPythonClient => Path("redisclient.py");
    public static string RootSquash => Path("rootsquash.py");
    public static string SelfCheck => Path("selfcheck");
    public static string Serve => Path("serve");
    public static string Session => Path("session.py");
    public static string SessionInC => Path("session");
    public static string Sessions => Path("sessions.py");
    public static string SharedMemoryFile => Path("shmfile");
    public static string Swap => Path("swap");
    public static string Sleepers => Path("sleepers.sh");
    public static string TcpClose => Path("tcpclose");
    public static string TcpStates => Path("tcpstates.py");
    public static string TerminalStream => Path("terminalstream.pl");
    public static string TmuxSession => Path("tmuxsession.sh");
    public static string Threads => Path("threads");
    public static string VforkStorm => Path("vforkstorm");

    /// <summary>An MPI program: <c>Mpi("stencil", "openmpi")</c>.</summary>
    public static string Mpi(string name, string family) => Path($"{name}.{family}");

    private static string Path(string name) => System.IO.Path.Combine(Deployment.TestPrograms, name);
}
