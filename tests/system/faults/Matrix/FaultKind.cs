namespace HpcCr.SystemTests.Matrix;

/// <summary>One way to do harm.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Toll">What of the job dies of it by its nature: then the job ends and has to restart.</param>
/// <param name="LeftOut">Why it makes no sense in a phase; null when it does.</param>
/// <param name="InjectAsync">Does the harm while the step is held.</param>
/// <param name="LetGoAsync">Lets the step go on, and undoes of the harm what a person would.</param>
internal sealed record FaultKind(
    string Name, FaultToll Toll, Func<FaultPhase, string?> LeftOut, Func<FaultScene, Task> InjectAsync, Func<FaultScene, Task> LetGoAsync);
