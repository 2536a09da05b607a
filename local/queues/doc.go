// Package queues is Amazon SQS on one machine, for dead letters: messages are
// received, hidden for a while, and deleted; and a message can be sent.
//
// It knows what a message of a dead-letter queue says of its event, as
// EventBridge and EventBridge Scheduler write it. Letters themselves are kept by
// package bus. There are no FIFO queues, delays, long polls, redrives or
// queue policies.
//
// Start with New and Service.Receive.
package queues
