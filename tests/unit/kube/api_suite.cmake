# The same cases against the fake API server and against a real one: the fake stays honest.
set(api_suite
  api_suite.cpp
  api_suite_apply.cpp
  api_suite_custom.cpp
  api_suite_delete.cpp
  api_suite_informer.cpp
  api_suite_kinds.cpp
  api_suite_list.cpp
  api_suite_objects.cpp
  api_suite_patch.cpp
  api_suite_watch.cpp)

mc_unit_test(kube_api ${api_suite} api_suite_fake.cpp USES mc_kube mc_fake_apiserver)

if(NOT MINICLUSTER_SANITIZE)
  add_executable(kube_api_cluster_test ${api_suite} api_suite_cluster.cpp)
  target_include_directories(kube_api_cluster_test
    PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(kube_api_cluster_test PRIVATE mc_kube GTest::gmock GTest::gtest_main)
  mc_precompile(kube_api_cluster_test FALSE)
  add_test(NAME kubernetes.api_suite COMMAND kube_api_cluster_test)
  set_tests_properties(kubernetes.api_suite PROPERTIES LABELS kubernetes TIMEOUT 600
    RESOURCE_LOCK kubernetes COST 1000)
endif()
