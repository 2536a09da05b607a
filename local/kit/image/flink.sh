#!/bin/bash
# What a Flink container starts. The first argument names a role, and everything
# after it goes to that role's script; anything else is a command of its own,
# which is how the operator starts native clusters (bash -c kubernetes-…).
role=$1
case $role in
jobmanager | taskmanager | standalone-job)
	shift
	exec "$FLINK_HOME/bin/$role.sh" start-foreground "$@"
	;;
"")
	echo "name a role: jobmanager, taskmanager or standalone-job, or give a command" >&2
	exit 64
	;;
esac
exec "$@"
