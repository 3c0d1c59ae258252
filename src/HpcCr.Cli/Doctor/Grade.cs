namespace HpcCr.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Grade
{
    /// <summary>Fine.</summary>
    Ok,

    /// <summary>Something is missing, but jobs can be checkpointed.</summary>
    Warn,

    /// <summary>Jobs cannot be checkpointed here.</summary>
    Fail,
}
