"""What each setting may be, for whoever has set it to something else: one sentence a setting."""

WANTED: dict[str, str] = {
    "host": "받을 주소를 써 주세요 (예: 127.0.0.1).",
    "port": "0부터 65535까지의 정수로 써 주세요.",
    "database_url": "postgresql://사용자:비밀번호@주소:5432/이름 모양으로 써 주세요.",
    "data_dir": "폴더의 경로를 써 주세요.",
    "seed": "demo나 none으로 써 주세요.",
    "admin_email": "전자우편 주소를 써 주세요.",
    "admin_password": "8자 이상으로 써 주세요.",
    "secret_key": "32자 이상의 임의 문자로 써 주세요 (예: openssl rand -hex 32).",
    "token_minutes": "1부터 1440까지의 정수로 써 주세요.",
    "embedding_model": "모델 폴더나 이름을 써 주세요.",
    "index": "memory나 pgvector로 써 주세요.",
    "search_database_url": "postgresql://사용자:비밀번호@주소:5432/이름 모양으로 써 주세요.",
    "cover_kinds": "on이나 off로 써 주세요.",
    "exposure_bound": "1 이상의 수나 off로 써 주세요.",
    "newcomer_places": "0부터 3까지의 정수로 써 주세요.",
    "smtp_url": "smtp://사용자:비밀번호@주소:587 이나 smtps://…:465 모양으로 써 주세요.",
    "mail_from": "이름 없이 전자우편 주소만 써 주세요 (예: no-reply@alliance.example).",
    "public_url": "http:// 나 https:// 로 시작하는 주소로 써 주세요.",
    "nts_api_key": "data.go.kr에서 받은 키를 써 주세요.",
    "nts_url": "http:// 나 https:// 로 시작하는 주소로 써 주세요.",
    "webhook_loopback": "on이나 off로 써 주세요.",
    "rate_limit": "on이나 off로 써 주세요.",
    "cors_origins": "https://alliance.example 처럼 경로 없는 주소를 쉼표로 나누어 써 주세요.",
    "behind_tls": "on이나 off로 써 주세요.",
    "trusted_proxies": "프록시의 주소나 대역을 쉼표로 나누어 써 주세요 (예: 10.0.0.5, 172.16.0.0/12).",
    "drain_seconds": "0부터 300까지의 정수로 써 주세요.",
    "log_level": "DEBUG, INFO, WARNING, ERROR 가운데 하나로 써 주세요.",
    "slow_query_ms": "1부터 600000까지의 정수(밀리초)로 써 주세요.",
    "metrics_token": "16자 이상의 임의 문자로 써 주세요 (예: openssl rand -hex 32).",
    "worker_metrics_port": "1부터 65535까지의 정수로 써 주세요.",
}


def empty_secret(path: object) -> str:
    """What to do about a file that should hold a secret and holds none."""
    return f"{path} 파일이 비어 있어 비밀값으로 쓸 수 없습니다. 지우고 다시 시작하면 새로 만듭니다."


def wrong_setting(name: str) -> str:
    """What to do about the setting of that name; its value, which may be a secret, is not repeated."""
    return f"ALLIANCE_{name.upper()} 값을 읽을 수 없습니다. {WANTED[name]}"
