namespace HpcCr.Launcher;

/// <summary>The processors can all that the old ones could, and their registers have the same size.</summary>
internal sealed class ProcessorCheck : IRestoreCheck
{
    public string Name => "processor";

    public RestoreFinding Look(RestoreTarget target)
    {
        var here = Machine.Here;
        var text = $"{here.ProcessorFlags.Count} instruction sets, {here.XsaveBytes} bytes of registers";
        if (target.Sandbox.Machine is not { } before)
            return new RestoreFinding(text, []);
        List<string> faults = [];
        if (before.ProcessorFlags.Except(here.ProcessorFlags).ToList() is { Count: > 0 } missing)
            faults.Add($"the processors lack {string.Join(", ", missing)}, which the job may have chosen its code by; restart it on a node that has them");
        if (before.XsaveBytes != here.XsaveBytes && before.XsaveBytes != 0)
        {
            faults.Add($"a thread's registers take {here.XsaveBytes} bytes and took {before.XsaveBytes} at the cut, and programs have set aside what they took then; "
                + "restart on the same kind of processor");
        }

        return new RestoreFinding(text, faults);
    }
}
