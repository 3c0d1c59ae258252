using System.Collections.Frozen;
using static HpcCr.Core.EpochEvent;
using static HpcCr.Core.EpochState;

namespace HpcCr.Core;

/// <summary>The whole of what an epoch may do: state, event -> state. Whatever is not here is ignored and logged.</summary>
public static class EpochTransitions
{
    /// <summary>The table.</summary>
    public static FrozenDictionary<(EpochState State, EpochEvent Event), EpochState> Table { get; } =
        new Dictionary<(EpochState, EpochEvent), EpochState>
        {
            [(Idle, Begin)] = Quiesce,
            [(Idle, Failed)] = Aborted,

            [(Quiesce, AllDone)] = Freeze,
            [(Quiesce, Failed)] = Abort,
            [(Quiesce, EngineDied)] = Abort,

            [(Freeze, AllDone)] = Drain,
            [(Freeze, Failed)] = Abort,
            [(Freeze, EngineDied)] = Abort,

            [(Drain, AllDone)] = EpochState.Lock,
            [(Drain, Residue)] = Refreeze,
            [(Drain, Failed)] = Abort,
            [(Drain, EngineDied)] = Abort,

            [(Refreeze, AllDone)] = Freeze,
            [(Refreeze, Failed)] = Abort,
            [(Refreeze, EngineDied)] = Abort,

            [(EpochState.Lock, AllDone)] = Dump,
            [(EpochState.Lock, Failed)] = Abort,
            [(EpochState.Lock, EngineDied)] = Abort,

            [(Dump, AllDone)] = Vote,
            [(Dump, Failed)] = Abort,
            [(Dump, EngineDied)] = Lose,

            [(Vote, Continue)] = Resume,
            [(Vote, Stop)] = SealStopped,
            [(Vote, Failed)] = Abort,
            [(Vote, EngineDied)] = Lose,

            [(Resume, AllDone)] = Seal,
            [(Resume, Failed)] = Abort,
            [(Resume, EngineDied)] = Lose,

            [(Seal, AllDone)] = Commit,
            [(Seal, Failed)] = Abort,
            [(Seal, EngineDied)] = Abort,

            [(Commit, AllDone)] = Complete,
            [(Commit, Failed)] = Abort,
            [(Commit, EngineDied)] = Abort,

            [(SealStopped, AllDone)] = CommitStopped,
            [(SealStopped, Failed)] = Abort,
            [(SealStopped, EngineDied)] = Lose,

            [(CommitStopped, AllDone)] = Kill,
            [(CommitStopped, Failed)] = Abort,
            [(CommitStopped, EngineDied)] = Lose,

            // The epoch is durable: whatever else fails, it restarts.
            [(Kill, AllDone)] = Stopped,
            [(Kill, Failed)] = Stopped,
            [(Kill, EngineDied)] = Stopped,

            [(Quiesce, Interrupted)] = Recover,
            [(Freeze, Interrupted)] = Recover,
            [(Drain, Interrupted)] = Recover,
            [(Refreeze, Interrupted)] = Recover,
            [(EpochState.Lock, Interrupted)] = Recover,
            [(Dump, Interrupted)] = Recover,
            [(Vote, Interrupted)] = Recover,
            [(Resume, Interrupted)] = Recover,
            [(Seal, Interrupted)] = Recover,
            [(Commit, Interrupted)] = Recover,
            [(SealStopped, Interrupted)] = Recover,
            [(CommitStopped, Interrupted)] = Recover,
            [(Recover, Interrupted)] = Recover,

            // What was decided before (Kill, Abort, Lose) goes on; what was not, the store has decided.
            [(Recover, Continue)] = Complete,
            [(Recover, Stop)] = Kill,
            [(Recover, Failed)] = Abort,
            [(Recover, EngineDied)] = Abort,

            [(Abort, AllDone)] = Aborted,
            // A node that does not confirm is undone by its guard, which holds the lease.
            [(Abort, Failed)] = Aborted,
            [(Abort, EngineDied)] = Lose,

            [(Lose, AllDone)] = Lost,
            [(Lose, Failed)] = Lost,
        }.ToFrozenDictionary();

    /// <summary>Whether the epoch is over.</summary>
    public static bool IsFinal(this EpochState state) => state is Complete or Stopped or Aborted or Lost;

    /// <summary>Whether some node may hold the job frozen in this state.</summary>
    public static bool IsJobHeld(this EpochState state) =>
        state is Freeze or Drain or Refreeze or EpochState.Lock or Dump or Vote or Resume or SealStopped or CommitStopped or Kill or Recover;

    /// <summary>The state that follows, or null when the event means nothing in this state.</summary>
    public static EpochState? Next(EpochState state, EpochEvent happened) =>
        Table.TryGetValue((state, happened), out var next) ? next : null;
}
