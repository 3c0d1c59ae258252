using System.Diagnostics;
using HpcCr.Core;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// Where requests to the guard come to: one step at a time, a reply for each, and the same way for what the guard undoes by itself when
/// the launcher is gone or its lease ends.
/// </summary>
internal sealed class GuardDesk
{
    private readonly SandboxLayout _layout;
    private readonly Guard _guard;
    private readonly SemaphoreSlim _step = new(1, 1);

    public GuardDesk(SandboxLayout layout)
    {
        _layout = layout;
        _guard = new Guard(layout, () => LetGoAsync("the lease ended without a word from the coordinator"));
        _guard.Ended += () => Changed?.Invoke();
    }

    /// <summary>Raised when the sandbox's root has ended or the guard undid something by itself.</summary>
    public event Action? Changed;

    public GuardStatus Status() => _guard.Status();

    /// <summary>Carries out one request; never throws.</summary>
    public async Task<GuardReply> HandleAsync(GuardRequest request)
    {
        var reply = new GuardReply();
        var began = Stopwatch.GetTimestamp();
        try
        {
            reply.Milliseconds = await CarryOutAsync(request) ?? Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (request.RequestCase != GuardRequest.RequestOneofCase.KeepRunning)
                GuardLog.Write($"{request.RequestCase}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F1} ms");
        }
        catch (GuardException e)
        {
            reply.Failure = new GuardFailure { What = e.Message, Next = e.Next, EngineDied = e.EngineDied, Unsupported = e.Unsupported, NotAllowed = e.NotAllowed };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidOperationException)
        {
            reply.Failure = new GuardFailure { What = e.Message };
        }
        catch (Exception e)
        {
            GuardLog.Write(e.ToString());
            reply.Failure = new GuardFailure { What = $"the guard failed: {e.Message}", Next = $"See {_layout.GuardLog}." };
        }

        if (reply.Failure is { EngineDied: false } consequence && IsOfAnEpoch(request) && await _guard.HasEndedAsync())
        {
            consequence.What = $"the job ended by itself, with exit code {_guard.Status().ExitCode}, before the epoch was committed";
            consequence.Next = "";
        }

        if (reply.Failure is { } failure)
            GuardLog.Write($"{request.RequestCase} failed: {failure.What}");
        if (request.RequestCase == GuardRequest.RequestOneofCase.Freeze)
        {
            reply.Parked.Add(_guard.Parked);
            reply.HeldUp.Add(_guard.HeldUp);
        }

        if (request.RequestCase == GuardRequest.RequestOneofCase.Dump)
        {
            reply.Terminals.Add(_guard.TerminalsAtDump);
            reply.Calls.Add(_guard.Calls);
        }

        reply.Status = Status();
        return reply;
    }

    /// <summary>Undoes whatever holds the job: the lease is over or nobody is there to speak for the coordinator.</summary>
    public async Task LetGoAsync(string why)
    {
        if (!_guard.HoldsJob)
            return;
        _guard.NoteAbort(why);
        GuardLog.Write($"lets go: {why}");
        await HandleAsync(new GuardRequest { Abort = new AbortSandbox { Why = why } });
        Changed?.Invoke();
    }

    private async Task<double?> CarryOutAsync(GuardRequest request)
    {
        switch (request.RequestCase)
        {
            // These reach an engine that another step is waiting for, so they do not queue behind it.
            case GuardRequest.RequestOneofCase.Status:
                return null;
            case GuardRequest.RequestOneofCase.RenewLease:
                _guard.RenewLease(request.RenewLease.LeaseMs);
                return null;
            case GuardRequest.RequestOneofCase.Signal:
                _guard.Signal(request.Signal.Signal);
                return null;
            case GuardRequest.RequestOneofCase.KeepRunning:
                _guard.KeepRunning((long)request.KeepRunning.UntilMs);
                return null;
            case GuardRequest.RequestOneofCase.Abort:
                _guard.RefuseEngine();
                break;
            case GuardRequest.RequestOneofCase.Kill:
                _guard.RefuseEngine();
                _guard.BreakFenced();
                break;
        }

        await _step.WaitAsync();
        try
        {
            switch (request.RequestCase)
            {
                case GuardRequest.RequestOneofCase.Start:
                    await _guard.StartAsync(request.Start);
                    return null;
                case GuardRequest.RequestOneofCase.AttachTree:
                    await _guard.AttachAsync(request.AttachTree);
                    return null;
                case GuardRequest.RequestOneofCase.ReleaseTree:
                    await _guard.ReleaseAsync();
                    return null;
                case GuardRequest.RequestOneofCase.Spawn:
                    await _guard.SpawnAsync(request.Spawn.Entry);
                    return null;
                case GuardRequest.RequestOneofCase.Kill:
                    await _guard.KillAsync();
                    return null;
                case GuardRequest.RequestOneofCase.PrepareEngine:
                    await _guard.PrepareEngineAsync(request.PrepareEngine);
                    return null;
                case GuardRequest.RequestOneofCase.Freeze:
                    await _guard.FreezeAsync(TimeSpan.FromMilliseconds(request.Freeze.DeadlineMs));
                    return null;
                case GuardRequest.RequestOneofCase.Thaw:
                    return _guard.Thaw();
                case GuardRequest.RequestOneofCase.Lock:
                    _guard.Lock(request.Lock);
                    return null;
                case GuardRequest.RequestOneofCase.Unlock:
                    _guard.Unlock();
                    return null;
                case GuardRequest.RequestOneofCase.Dump:
                    await _guard.DumpAsync(request.Dump);
                    return null;
                case GuardRequest.RequestOneofCase.Finish:
                    return await _guard.FinishAsync(request.Finish);
                case GuardRequest.RequestOneofCase.SetTimersBack:
                    _guard.SetTimersBack();
                    return null;
                case GuardRequest.RequestOneofCase.Abort:
                    await _guard.AbortAsync();
                    return null;
                case GuardRequest.RequestOneofCase.Restore:
                    await _guard.RestoreAsync(request.Restore);
                    return null;
                case GuardRequest.RequestOneofCase.Leave:
                    await _guard.LeaveAsync();
                    return null;
                default:
                    throw new GuardException($"the guard does not know the request {request.RequestCase}");
            }
        }
        finally
        {
            try
            {
                _guard.ApplyRunLease();
            }
            finally
            {
                _step.Release();
            }
        }
    }

    // What fails in these on a sandbox that has ended fails because it has.
    private static bool IsOfAnEpoch(GuardRequest request) => request.RequestCase
        is GuardRequest.RequestOneofCase.PrepareEngine or GuardRequest.RequestOneofCase.Freeze or GuardRequest.RequestOneofCase.Lock
        or GuardRequest.RequestOneofCase.Dump or GuardRequest.RequestOneofCase.Finish;
}
