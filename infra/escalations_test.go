package main

import "testing"

func TestSomebodyIsCalledByAnEncryptedTopicOverTLSAlone(t *testing.T) {
	plane := read(t, publicStack)
	id, topic := plane.only(t, "AWS::SNS::Topic")
	if key := text(topic.Properties["KmsMasterKeyId"]); key != "arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:alias/aws/sns" {
		t.Errorf("its key is %s", key)
	}
	_, policy := plane.only(t, "AWS::SNS::TopicPolicy")
	denied := false
	for _, s := range many(at(policy.Properties, "PolicyDocument", "Statement")) {
		if text(at(s, "Effect")) == "Allow" {
			t.Errorf("its policy lets somebody in: %v", s)
		}
		denied = denied || text(at(s, "Resource")) == "<"+id+">" && at(s, "Condition", "Bool", "aws:SecureTransport") != nil
	}
	if !denied {
		t.Error("it can be published to without TLS")
	}
	if got := text(plane.Outputs["EscalationsTopicArn"]["Value"]); got != "<"+id+">" {
		t.Errorf("the output is %s", got)
	}
}
