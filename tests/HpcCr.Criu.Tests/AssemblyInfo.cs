// The tests start and trace processes by pid; one after the other keeps a failure readable.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
