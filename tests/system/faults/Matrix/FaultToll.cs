namespace HpcCr.SystemTests.Matrix;

/// <summary>What of the job dies of a fault.</summary>
internal enum FaultToll
{
    /// <summary>Nothing: the job has to run on.</summary>
    Nothing,

    /// <summary>Nothing, but the command cannot succeed.</summary>
    TheCommand,

    /// <summary>What the engine held, if it held anything.</summary>
    WhatTheEngineHeld,

    /// <summary>A part of it, in any case.</summary>
    APart,
}
