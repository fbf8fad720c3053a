@echo off
rem Starts Maestro. JAVA_HOME chooses the JDK, MAESTRO_OPTS adds JVM options (for instance -Xmx8g).
setlocal
rem ONNX Runtime reports nothing.
set "ORT_DISABLE_TELEMETRY=1"
set "DISTRIBUTION=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" @"%DISTRIBUTION%\lib\jvm.options" %MAESTRO_OPTS% -cp "%DISTRIBUTION%\lib\*" -Dmaestro.distribution="%DISTRIBUTION%" maestro.launcher.Main %*
exit /b %ERRORLEVEL%
