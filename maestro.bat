@echo off
rem Runs Maestro from the checkout; builds it first when it was never built. After a change run: mvn -DskipTests package
setlocal
set "CHECKOUT=%~dp0"
set "DISTRIBUTION=%CHECKOUT%distribution\target\maestro"
if not exist "%DISTRIBUTION%\bin\maestro.bat" (
  pushd "%CHECKOUT%"
  call mvn -q -B -DskipTests -Dnative.platform=win-x86_64 package || exit /b 4
  popd
)
set "MAESTRO_OPTS=-DPYTORCH_LIBRARY_PATH="%CHECKOUT%bundles\engines\torch\target\native" -DPYTORCH_FLAVOR=cpu -Donnxruntime.native.path="%CHECKOUT%bundles\engines\onnx\target\native" %MAESTRO_OPTS%"
call "%DISTRIBUTION%\bin\maestro.bat" %*
exit /b %ERRORLEVEL%
