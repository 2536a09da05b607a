#!/bin/bash
# What the operator's container starts: the operator, unless a command is given.
# The standalone jar comes first: it holds changed copies of classes that
# flink-kubernetes, further down the class path, has too.
case ${1:-operator} in
operator) ;;
webhook)
	echo "this image has no webhook: leave its container out" >&2
	exit 64
	;;
*) exec "$@" ;;
esac

lib=/opt/operator/lib
exec java ${JVM_ARGS:--Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1} \
	${LOG_CONFIG:--Dlog4j.configurationFile=/opt/flink/conf/log4j-operator.properties} \
	-cp "$lib/flink-kubernetes-standalone-$OPERATOR_VERSION.jar:$lib/flink-kubernetes-operator-$OPERATOR_VERSION.jar:$lib/*" \
	org.apache.flink.kubernetes.operator.FlinkOperator
