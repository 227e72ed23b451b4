{% set part = cookiecutter.__part %}
{% include cookiecutter.__example ~ ".py" %}
