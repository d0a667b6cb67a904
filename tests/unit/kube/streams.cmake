mc_unit_test(kube_streams
  streams_command_test.cpp
  streams_forward_test.cpp
  streams_logs_test.cpp
  USES mc_kube)

if(TARGET kube_api_cluster_test)
  target_sources(kube_api_cluster_test PRIVATE streams_cluster_test.cpp)
endif()
