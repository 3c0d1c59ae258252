using HpcCr.Criu.Images;
using HpcCr.Linux;
using CallInImages = HpcCr.Protocol.V1.Local.InterruptedCall;

namespace HpcCr.Guard;

/// <summary>
/// The system calls that the sandbox's threads wait in. Of some of them the engine makes an end with EINTR, in the images and in the
/// running
/// threads (compel): the threads enter them once more, with the time that they have left. See docs/adr/0021.
/// </summary>
/// <param name="sandbox">The sandbox.</param>
internal sealed class JobCalls(Sandbox sandbox) : IDisposable
{
    private InterruptedCalls? _calls;

    /// <summary>Of the last dump: what is to be written into its images.</summary>
    public IReadOnlyList<CallInImages> InImages { get; private set; } = [];

    /// <summary>Makes ready, while the job runs.</summary>
    public void Prepare()
    {
        Dispose();
        _calls = InterruptedCalls.Prepare();
        if (!_calls.IsExact)
            GuardLog.Write("this kernel does not tell how much time interrupted system calls have left: they begin anew");
    }

    /// <summary>Looks at the frozen threads before the engine does.</summary>
    public void Find() =>
        InImages =
        [
            .. (_calls?.Find(sandbox.Threads()) ?? []).Where(found => !found.Call.HasSignal).Select(found => Describe(found.Call, found.Argument)),
        ];

    /// <summary>The images are there, and the engine stands at its gate.</summary>
    /// <param name="images">Their folder.</param>
    public void Dumped(string images)
    {
        if (_calls is not { IsExact: false } calls)
            return;
        var inImages = CallsImage.FindInterrupted(images, CallNumbers.IsRestartable);
        if (inImages.Count == 0)
            return;
        var numbers = sandbox.Threads().ToLookup(thread => ThreadNumbers.Innermost(thread) ?? 0);
        List<InterruptedCall> all =
        [
            .. from call in inImages
               from thread in numbers[call.Thread]
               select new InterruptedCall(thread, call.Thread, call.Number, call.InstructionPointer, call.StackPointer)
               {
                   HasSignal = ThreadNumbers.HasSignal(thread),
               },
        ];
        calls.Take(all);
        InImages = [.. all.Where(call => !call.HasSignal).Select(call => Describe(call, 0))];
    }

    /// <summary>Nobody traces the frozen threads any more: they enter their calls as soon as they run.</summary>
    public void Reenter() => _calls?.Reenter();

    public void Dispose()
    {
        _calls?.Dispose();
        _calls = null;
    }

    private static CallInImages Describe(InterruptedCall call, ulong argument) => new()
    {
        Thread = call.InnermostThread,
        InstructionPointer = call.InstructionPointer,
        StackPointer = call.StackPointer,
        Number = call.Number,
        Argument = call.Argument,
        Value = argument,
    };
}
