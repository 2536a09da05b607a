// Package topics is Amazon SNS on one machine: what is published is kept as
// files, one a message, and told to the log. Nobody is sent anything.
//
// It knows topics and messages; subscriptions, FIFO topics and message
// structures are not here. Start with Open and Service.Publish.
package topics
