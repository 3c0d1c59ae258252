namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A test that drives the real command in a lab; skipped with the reason where none can be had.</summary>
public abstract class SystemTest
{
    /// <summary>Takes the lab.</summary>
    protected SystemTest(Lab lab)
    {
        Assert.SkipWhen(lab.Obstacle is not null, lab.Obstacle ?? "");
        Lab = lab;
    }

    /// <summary>The lab.</summary>
    private protected Lab Lab { get; }

    /// <summary>The command.</summary>
    private protected Hpccr Hpccr => Lab.Hpccr;
}
