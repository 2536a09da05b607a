package rest

import "context"

// Cluster is a Flink cluster in numbers.
type Cluster struct {
	Version        string // of Flink: "1.20.5"
	TaskManagers   int
	Slots          int
	SlotsAvailable int
}

// Cluster reads the cluster's overview.
func (c *Client) Cluster(ctx context.Context) (Cluster, error) {
	const op = "read the cluster overview"
	var answer struct {
		Version        string `json:"flink-version"`
		TaskManagers   int    `json:"taskmanagers"`
		Slots          int    `json:"slots-total"`
		SlotsAvailable int    `json:"slots-available"`
	}
	if err := c.get(ctx, op, "/overview", &answer); err != nil {
		return Cluster{}, err
	}
	if answer.Version == "" {
		return Cluster{}, malformed(op, "the answer has no flink-version")
	}
	return Cluster(answer), nil
}

// TaskManager is one registered TaskManager.
type TaskManager struct {
	ID        string
	Slots     int
	FreeSlots int
}

// TaskManagers lists the TaskManagers that are registered now.
func (c *Client) TaskManagers(ctx context.Context) ([]TaskManager, error) {
	const op = "list the TaskManagers"
	var answer struct {
		TaskManagers *[]struct {
			ID        string `json:"id"`
			Slots     int    `json:"slotsNumber"`
			FreeSlots int    `json:"freeSlots"`
		} `json:"taskmanagers"`
	}
	if err := c.get(ctx, op, "/taskmanagers", &answer); err != nil {
		return nil, err
	}
	if answer.TaskManagers == nil {
		return nil, malformed(op, "the answer has no list of TaskManagers")
	}
	list := make([]TaskManager, 0, len(*answer.TaskManagers))
	for _, tm := range *answer.TaskManagers {
		list = append(list, TaskManager(tm))
	}
	return list, nil
}

// JobManagerConfig reads the JobManager's configuration: Flink's own options by
// key. Flink masks what looks like a secret; options of plugins may still be.
func (c *Client) JobManagerConfig(ctx context.Context) (map[string]string, error) {
	const op = "read the JobManager's configuration"
	var answer *[]struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	if err := c.get(ctx, op, "/jobmanager/config", &answer); err != nil {
		return nil, err
	}
	if answer == nil {
		return nil, malformed(op, "the answer has no list of options")
	}
	config := make(map[string]string, len(*answer))
	for _, option := range *answer {
		config[option.Key] = option.Value
	}
	return config, nil
}
