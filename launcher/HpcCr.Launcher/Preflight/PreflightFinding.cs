namespace HpcCr.Launcher;

/// <summary>What a check has found.</summary>
/// <param name="Pid">The process that it is about; 0: none in particular.</param>
/// <param name="Text">What is said of it, to be read after its name: <c>holds /dev/kvm, which cannot be dumped</c>. Without a process, a whole sentence.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="IsWarning">An epoch can be made all the same.</param>
internal sealed record PreflightFinding(int Pid, string Text, string Remedy, bool IsWarning = false);
