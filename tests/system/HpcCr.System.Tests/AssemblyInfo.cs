// The tests share the machine with the jobs that they freeze; one after the other keeps a failure readable.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
